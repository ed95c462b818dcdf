/** `ferry catalog CONNECTION`: the fields, tags, groups and owners of an account, under both of their names. */
import type { Command } from 'commander'
import { safeText } from '../../report/safe-text.ts'
import { table } from '../../report/table.ts'
import type { Act } from '../act.ts'
import { EXIT } from '../exit.ts'

export function registerCatalog(program: Command, act: Act): void {
  program
    .command('catalog <connection>')
    .description('fields, tags, groups and owners of an account')
    .action(
      act(async (context, connection: string) => {
        const app = await context.app({ mayWrite: false })
        try {
          const reader = await app.reader(connection)
          const catalog = await reader.catalog(context.signal)
          const fields = catalog.fields.map((field) => [
            `  ${field.path}`,
            field.native,
            safeText(field.label, 40),
            field.type,
            field.writable ? '' : 'read only',
            field.options === null
              ? ''
              : safeText(field.options.map((option) => option.value).join(' | '), 60),
          ])
          context.answer(catalog, [
            `${catalog.fields.length} fields`,
            ...table(fields, ['left', 'left', 'left', 'left', 'left', 'left']),
            `${catalog.tags.length} tags`,
            ...table(
              catalog.tags.map((tag) => [
                `  ${tag.key}`,
                safeText(tag.name, 60),
                safeText(tag.category ?? '', 40),
              ]),
              ['left', 'left', 'left'],
            ),
            `${catalog.groups.length} groups`,
            ...table(
              catalog.groups.map((group) => [
                `  ${group.key}`,
                safeText(group.name, 60),
                group.writable ? '' : 'computed',
              ]),
              ['left', 'left', 'left'],
            ),
            `${catalog.owners.length} owners`,
            ...table(
              catalog.owners.map((owner) => [
                `  ${owner.key}`,
                safeText(owner.name, 40),
                safeText(owner.email ?? '', 60),
              ]),
              ['left', 'left', 'left'],
            ),
          ])
          return EXIT.done
        } finally {
          await app.close()
        }
      }),
    )
}
