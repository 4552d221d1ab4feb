import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT } from '../../errors.ts'
import { readOthers } from '../../exchange/index.ts'
import { quote } from '../redact.ts'
import { writeNew } from '../writing.ts'
import type { Kind } from './kind.ts'

/** Results of other benchmarks become a file that `report` and `compare` show beside runs, marked as measured by others. */
export const others: Kind = {
  about: 'a result file (JSON) of VectorDBBench or qdrant/vector-db-benchmark',
  options: { out: { type: 'string' } },
  help: { out: 'the file to write: a scenario, or what others measured; without it, stdout' },
  recognises: (path, head) => /\.json$/i.test(path) || /^\s*\{/.test(head),
  run: async (path, given, io) => {
    const read = readOthers(readFileSync(path, 'utf8'), path)
    const text = JSON.stringify(read, null, 2)
    const told = read.results.flatMap(({ warnings }) => warnings.map((warning) => warning.text))
    for (const [what, times] of Map.groupBy(told, (one) => one)) {
      io.say(`${times.length} of ${read.results.length} results: ${what}`)
    }
    const out = given.text('out')
    if (out === undefined) io.out(text)
    else {
      await writeNew(resolve(io.cwd, out), `${text}\n`)
      io.say(`wrote ${out}; show it with driftmark report RUN --others ${quote(out)}`)
    }
    return EXIT.pass
  },
}
