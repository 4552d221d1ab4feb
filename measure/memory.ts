import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const STAGES: readonly (readonly string[])[] = [
  ['compile'],
  ['history'],
  ['analyse'],
  ['compile', 'searches'],
  ['history', 'searches'],
  ['analyse', 'searches'],
  ['live'],
  ['file'],
]

/**
 * Peak memory of ten million operations: compiled, given a history in virtual time through the writer of a real run, read and analysed,
 * each stage in a process of its own, for a mix of writes, probes and searches and for one that is nine tenths searches; of a run of a hundred thousand operations in real time; and of a file larger than memory.
 */
export const measureMemory = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-memory-'))
  try {
    for (const [stage = '', ...mix] of STAGES) {
      const words = ['measure/memory/stage.ts', stage, dir, ...mix]
      const { status } = spawnSync(process.execPath, words, { stdio: 'inherit' })
      if (status !== 0) throw new Error(`the stage ${stage} ended with ${status}`)
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
