import { closeSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import { problem } from '../errors.ts'
import type { Kind } from './import/kind.ts'
import { others } from './import/others.ts'
import { runbook } from './import/runbook.ts'
import { expectOptions, expectWords, type Verb } from './verb.ts'

/** What is read; the first that recognises a file imports it. */
const KINDS: readonly Kind[] = [runbook, others]

export const importVerb: Verb = {
  name: 'import',
  usage: 'FILE [options of its kind]',
  about: `Reads a file of the field: ${KINDS.map(({ about }) => about).join('; ')}.`,
  help: Object.assign({}, ...KINDS.map(({ help }) => help)),
  example:
    'driftmark import runbook.yaml --rows base.fbin --queries queries.fbin --metric l2 --rate 1000/s --out scenario.yaml',
  options: Object.assign({}, ...KINDS.map(({ options }) => options)),
  run: async (given, io) => {
    expectWords(importVerb, given, 1, 1)
    const path = resolve(io.cwd, given.positionals[0]!)
    const head = headOf(path)
    const kind = KINDS.find(({ recognises }) => recognises(path, head))
    if (kind) {
      expectOptions('import', given, Object.keys(kind.options), kind.about)
      return kind.run(path, given, io)
    }
    const known = KINDS.map(({ about }) => about).join('; ')
    throw problem('IMPORT_KIND', { file: given.positionals[0]!, known })
  },
}

const HEAD = 4096

const headOf = (path: string): string => {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = new Uint8Array(HEAD)
      return new TextDecoder().decode(bytes.subarray(0, readSync(file, bytes, 0, HEAD, 0)))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw problem('IMPORT_FILE', { file: path, why: (error as Error).message }, error)
  }
}
