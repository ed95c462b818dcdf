/** `ferry schema`: JSON Schema of ferry.yaml, or of a mapping file, for editors. */
import type { Command } from 'commander'
import { configJsonSchema } from '../../app/config/schema.ts'
import { mappingJsonSchema } from '../../mapping/schema.ts'
import type { Act } from '../act.ts'
import { EXIT } from '../exit.ts'

export function registerSchema(program: Command, act: Act): void {
  program
    .command('schema')
    .description('JSON Schema of ferry.yaml for editors')
    .option('--mapping', 'of a mapping file instead', false)
    .action(
      act(async (context, options: { mapping: boolean }) => {
        const schema = options.mapping ? mappingJsonSchema() : configJsonSchema()
        context.answer(schema, [JSON.stringify(schema, null, 2)])
        return EXIT.done
      }),
    )
}
