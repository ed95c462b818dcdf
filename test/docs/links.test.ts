import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anchorsOf, linksOf, page, pages, ROOT, spansOf } from './pages.ts'

describe.each(pages().map((each) => [each.path, each] as const))('%s', (_, each) => {
  it('links to what exists', () => {
    const broken = linksOf(each).filter(({ path, anchor }) => {
      if (!existsSync(join(ROOT, path))) return true
      if (anchor === '') return false
      return !path.endsWith('.md') || !anchorsOf(page(path)).has(anchor)
    })
    expect(broken).toEqual([])
  })

  it('names files and folders that exist', () => {
    const texts = [...spansOf(each), ...each.blocks.flatMap(({ text, line }) => treeOf(text, line))]
    const named = texts.flatMap(({ text, line }) => {
      const path = PATH.exec(text)?.[0]
      return path === undefined || /[<*…]/.test(text) ? [] : [{ path, line }]
    })
    expect(named.filter(({ path }) => !isThere(path))).toEqual([])
  })

  it('has no line that ends in a blank', () => {
    expect(each.text.split('\n').filter((line) => /[ \t]$/.test(line))).toEqual([])
  })
})

/** A path below the root, as the documents write one. */
const PATH = /^(?:src|connectors|mappings|test|docs|bin|bench|tools)(?:\/[\w.-]+)+\/?$/

/** First words of the lines of a drawing: `src/model      words of the domain`. */
function treeOf(text: string, line: number): readonly { text: string; line: number }[] {
  return text
    .split('\n')
    .map((row, place) => ({ text: row.trim().split(/\s/)[0] ?? '', line: line + place }))
}

function isThere(path: string): boolean {
  const full = join(ROOT, path)
  return existsSync(full) && (!path.endsWith('/') || statSync(full).isDirectory())
}
