import { openDataset } from '../../datasets/index.ts'
import type { Op } from '../model/index.ts'
import { openSession } from './index.ts'
import { traceOf } from './trace.fixture.ts'

/** Plays searches for an hour into the folder argv[2] with the adapter argv[3] from argv[4] senders; says so when the first progress is told. */
const [, , dir, adapter, senders] = process.argv
const dataset = await openDataset(
  { name: 'uniform', rows: 100, dimensions: 4, queries: 10 },
  'l2',
  dir!,
)
const ops: Op[] = Array.from({ length: 100_000 }, (_, i) => ({
  at: i * 36_000,
  phase: 0,
  space: 0,
  kind: 'search',
  query: i % 10,
  model: 1,
  k: 3,
}))
const session = await openSession({
  adapter: adapter!,
  options: {},
  trace: traceOf(ops),
  dataset,
  dir: dir!,
  prefix: 'endless',
  senders: Number(senders),
  onProgress: () => console.log('running'),
})
await session.play(new AbortController().signal)
