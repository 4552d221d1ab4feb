import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Collection, Stored } from '../../harness/model/index.ts'
import { adapter } from './adapter.ts'
import type { Truth } from './truth.ts'

/** The clock of the sim's log. */
export const now = () => Number(process.hrtime.bigint() / 1000n)
export const at: Collection = {
  name: 'rows',
  dimensions: 4,
  metric: 'l2',
  index: { kind: 'hnsw' },
  consistency: 'default',
  durability: 'default',
  connections: 2,
}
export const signal = () => AbortSignal.timeout(10_000)

/** A row that lies at its id on the first axis, at its version on the second. */
export const rowOf = (id: number, version = 0): Stored => ({
  id,
  version,
  vector: Float32Array.of(id, version, 0, 0),
})
export const rowsOf = (count: number) => Array.from({ length: count }, (_, id) => rowOf(id))

/** A sim of its own, which ends with the test; `truth` ends it at once and reads its log. */
export const setUp = async (t: TestContext, flaws: object) => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-sim-'))
  const server = await adapter.launch!(dir, { ...flaws, log: 'truth.jsonl' })
  const engine = await adapter.open(server.options, at, { now })
  const end = async () => {
    await engine.close()
    await server.stop()
  }
  t.after(async () => {
    await end()
    await rm(dir, { recursive: true })
  })
  const soFar = async (): Promise<Truth[]> => {
    const lines = (await readFile(join(dir, 'truth.jsonl'), 'utf8')).trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line) as Truth)
  }
  const truth = async () => {
    await end()
    return soFar()
  }
  return { dir, server, engine, truth, soFar }
}

/** Lines of one kind. */
export const of = <E extends Truth['event']>(truth: readonly Truth[], event: E) =>
  truth.filter((line): line is Extract<Truth, { event: E }> => line.event === event)
