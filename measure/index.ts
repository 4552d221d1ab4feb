/** `npm run measure [-- part …]`: speed and error of the instrument itself, with the machine. */
import { spawnSync } from 'node:child_process'
import { measureCompile } from './compile.ts'
import { measureKnown } from './known.ts'
import { measureLateness } from './lateness.ts'
import { machine } from './machine.ts'
import { measureMemory } from './memory.ts'

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  compile: measureCompile,
  analysis: async () =>
    void spawnSync(process.execPath, ['measure/analysis.ts'], { stdio: 'inherit' }),
  truth: async () => {
    spawnSync(process.execPath, ['measure/truth.ts'], { stdio: 'inherit' })
    spawnSync(process.execPath, ['measure/truth-memory.ts'], { stdio: 'inherit' })
  },
  lateness: measureLateness,
  known: measureKnown,
  memory: measureMemory,
}

const wanted = process.argv.slice(2)
const unknown = wanted.find((part) => !(part in PARTS))
if (unknown !== undefined) {
  console.error(`there is no part "${unknown}"; there are ${Object.keys(PARTS).join(', ')}`)
  process.exit(64)
}
console.log(machine())
for (const part of wanted.length > 0 ? wanted : Object.keys(PARTS)) await PARTS[part]!()
