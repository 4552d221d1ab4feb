import { ACTIONS, type Engine, NONE, type OpColumns, SEARCH } from '../../model/index.ts'
import { type Bench, collectionOf, openSpace, type Space } from './spaces.ts'

/** Where ops go: the open collections, and the one that searches follow (interfaces §1, blue-green). */
export interface Routes {
  /** Undefined while it is not open. */
  space(space: number): Space | undefined
  open(space: number): Promise<void>
  /** Where a search goes: model 0 follows the alias, else the space of the op. `engine` is null where that is not open. */
  searchRoute(model: number, space: number): { engine: Engine | null; space: number; model: number }
  /** Points the alias, and the searches, at space 1. */
  swap(): Promise<void>
  /** A write has been answered, or never will be. */
  writeSettled(op: number): void
  /** Calls back once, when the last write into space 1 that is due before the op `swap` is settled; at once if there is none. */
  whenBackfilled(then: () => void): void
  readonly swapped: boolean
  close(): Promise<void>
}

/** How searches find their collection: an alias that the engine moves, or (dimensions differ) by name, which the driver moves. */
export type Following = 'alias' | 'name' | 'nothing'

export const followingOf = ({ meta, adapter }: Bench): Following => {
  const [first, second] = meta.spaces
  if (first === undefined || second === undefined) return 'nothing'
  if (meta.dimensions[first.model - 1] !== meta.dimensions[second.model - 1]) return 'name'
  return adapter.swap === undefined ? 'nothing' : 'alias'
}

/** The name that searches of a blue-green run use. */
export const aliasOf = (bench: Bench): string => `${bench.prefix}_alias`

/** Opens space 0 and, where the engine moves it, the alias. */
export const openRoutes = async (bench: Bench, ops: OpColumns): Promise<Routes> => {
  const spaces: (Space | undefined)[] = [await openSpace(bench, 0)]
  const following = followingOf(bench)
  const alias = following === 'alias' ? await openAlias(bench, spaces[0]!) : null
  const swapOp = findSwap(ops)
  let backfill = countBackfill(ops, swapOp)
  let backfilled: (() => void) | null = null
  let followed = 0

  return {
    space: (space) => spaces[space],
    open: async (space) => {
      spaces[space] = await openSpace(bench, space)
    },
    searchRoute: (model, space) => {
      if (model !== 0) return { engine: spaces[space]?.searcher ?? null, space, model }
      const target = spaces[followed]
      const engine = alias ?? target?.searcher ?? null
      return { engine, space: followed, model: bench.meta.spaces[followed]!.model }
    },
    swap: async () => {
      if (following === 'alias') {
        await bench.adapter.swap!(bench.options, aliasOf(bench), spaces[1]!.collection.name)
      }
      followed = 1
    },
    writeSettled: (op) => {
      if (op >= swapOp || ops.space[op] !== 1) return
      backfill--
      if (backfill === 0) backfilled?.()
    },
    whenBackfilled: (then) => {
      if (backfill === 0) then()
      else backfilled = then
    },
    get swapped() {
      return followed === 1
    },
    close: async () => {
      const open = spaces.flatMap((space) => (space ? [space.writer, space.searcher] : []))
      await Promise.all([...open, ...(alias ? [alias] : [])].map((engine) => engine.close()))
    },
  }
}

const openAlias = async (bench: Bench, first: Space): Promise<Engine> => {
  await bench.adapter.swap!(bench.options, aliasOf(bench), first.collection.name)
  return bench.adapter.open(bench.options, collectionOf(bench, 'alias', first.model), bench.clock)
}

const SWAP = ACTIONS.indexOf('swap') + 1

const findSwap = (ops: OpColumns): number => {
  const op = ops.action.indexOf(SWAP)
  return op === NONE ? ops.count : op
}

const countBackfill = (ops: OpColumns, swapOp: number): number => {
  let count = 0
  for (let op = 0; op < swapOp && swapOp < ops.count; op++) {
    if (ops.space[op] === 1 && ops.kind[op]! < SEARCH) count++
  }
  return count
}
