import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adapter as sim } from '../../adapters/sim/adapter.ts'
import type { Engine, Stored } from '../../harness/model/index.ts'
import { stream } from '../../harness/model/index.ts'

export const DIMENSIONS = 16

/** A row with a vector of its own, from a stream that no dataset uses. */
export const markedRow = (id: number): Stored => {
  const chance = stream(1, 'compared', id)
  return {
    id,
    version: 0,
    vector: Float32Array.from({ length: DIMENSIONS }, () => chance.normal()),
  }
}

/** Another harness's turn: a fresh sim with the same flaws, and one engine on it. */
export const withRival = async <Found>(
  flaws: object,
  act: (engine: Required<Engine>) => Promise<Found>,
): Promise<Found> => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-compared-'))
  const server = await sim.launch!(dir, flaws)
  try {
    const at = {
      name: 'rival',
      dimensions: DIMENSIONS,
      metric: 'l2',
      index: { kind: 'hnsw' },
      consistency: 'default',
      durability: 'default',
      connections: 8,
    } as const
    const engine = await sim.open(server.options, at, { now: () => performance.now() * 1000 })
    try {
      return await act(engine as Required<Engine>)
    } finally {
      await engine.close()
    }
  } finally {
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

/** Loads rows 0 … count − 1 and waits until they are searchable. */
export const loadRows = async (engine: Required<Engine>, count: number): Promise<void> => {
  const signal = AbortSignal.timeout(60_000)
  await engine.bulkLoad(
    (async function* () {
      yield Array.from({ length: count }, (_, id) => markedRow(id))
    })(),
    signal,
  )
  await engine.settle(signal)
}

/** The smallest value that a share p of the values do not exceed. */
export const quantile = (values: readonly number[], p: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN
}

/** Milliseconds, to three figures. */
export const ms = (value: number | null | undefined | string): string => {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'string' || value === Infinity) return '> timeout'
  return `${value < 100 ? value.toPrecision(3) : value.toFixed(0)} ms`
}
