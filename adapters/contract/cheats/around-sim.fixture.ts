import type { Adapter, Collection, Engine, Launched } from '../../../harness/model/index.ts'
import { adapter as sim } from '../../sim/adapter.ts'

/** An adapter that reaches a real server over a real socket, and is not honest about what it does there. */
export const aroundSim = (
  name: string,
  change: (engine: Required<Engine>, at: Collection) => Partial<Engine>,
): Adapter => ({
  ...sim,
  name,
  open: async (options, at, clock) => {
    const engine = await sim.open(options as Parameters<typeof sim.open>[0], at, clock)
    return { ...engine, ...change(engine as Required<Engine>, at) }
  },
  describe: (options, at) => sim.describe(options as Parameters<typeof sim.describe>[0], at),
  drop: (options, at) => sim.drop!(options as Parameters<typeof sim.open>[0], at),
  swap: (options, alias, to) => sim.swap!(options as Parameters<typeof sim.open>[0], alias, to),
  launch: sim.launch as (dir: string, options: unknown) => Promise<Launched<unknown>>,
})

/** What the engines of one process have written, by collection: memory that no other process shares. */
export const remembered = <Value>(): ((collection: string) => Map<number, Value>) => {
  const all = new Map<string, Map<number, Value>>()
  return (collection) => {
    const known = all.get(collection) ?? new Map<number, Value>()
    all.set(collection, known)
    return known
  }
}

/** The relative distance of two vectors of one length. */
export const apart = (a: Float32Array, b: Float32Array): number => {
  const square = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0)
  return Math.sqrt(square(a.map((v, i) => v - b[i]!)) / square(a))
}
