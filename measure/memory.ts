import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const STAGES = ['compile', 'history', 'analyse', 'live', 'file']

/**
 * Peak memory of ten million operations: compiled, given a history in virtual time through the writer of a real run, read and analysed,
 * each stage in a process of its own; of a run of a hundred thousand operations in real time; and of a file larger than memory.
 */
export const measureMemory = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-memory-'))
  try {
    for (const stage of STAGES) {
      const { status } = spawnSync(process.execPath, ['measure/memory/stage.ts', stage, dir], {
        stdio: 'inherit',
      })
      if (status !== 0) throw new Error(`the stage ${stage} ended with ${status}`)
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
