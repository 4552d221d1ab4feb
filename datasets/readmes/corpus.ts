import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { wordsOf } from './encoders.ts'
import { packagesOf } from './packages.ts'
import { passagesOf } from './passages.ts'

const SHORTEST = 20

export interface Sourced {
  readonly text: string
  /** package@version file § heading; of a text that occurs twice, the first place. */
  readonly origin: string
}

/** What a person could search for, and with what: no text twice, and no heading among the rows. */
export interface Corpus {
  readonly rows: readonly Sourced[]
  readonly headings: readonly Sourced[]
}

/**
 * The Markdown files of the packages that the package at `root` brings, cut into passages of at least 20 characters
 * with a word in them.
 */
export const readCorpus = (root: string): Corpus => {
  const rows = new Map<string, string>()
  const headings = new Map<string, string>()
  for (const { key, folder } of packagesOf(root)) {
    for (const file of markdownFiles(folder)) {
      const place = `${key} ${file}`
      const found = passagesOf(readFileSync(join(folder, file), 'utf8'))
      for (const heading of found.headings) {
        if (!headings.has(heading)) headings.set(heading, place)
      }
      for (const { text, heading } of found.passages) {
        if (text.length < SHORTEST || rows.has(text) || wordsOf(text).length === 0) continue
        rows.set(text, heading === '' ? place : `${place} § ${heading}`)
      }
    }
  }
  for (const text of rows.keys()) headings.delete(text)
  return { rows: sourced(rows), headings: sourced(headings) }
}

const sourced = (places: ReadonlyMap<string, string>): Sourced[] =>
  [...places].map(([text, origin]) => ({ text, origin }))

/** Markdown files below a package's folder, those of packages inside it left out, sorted, with `/` on every platform. */
const markdownFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => /\.(md|markdown)$/i.test(path) && !`/${path}`.includes('/node_modules/'))
    .sort()
