import { type Engine, type OpColumns, refusal } from '../../model/index.ts'
import { type Board, findSwap } from './board.ts'
import { NOT_OPEN } from './outcome.ts'
import { type Bench, collectionOf, openSpace, type Space } from './spaces.ts'

/** Where ops go: the open collections, and the one that searches follow (interfaces §1, blue-green). */
export interface Routes {
  /** Undefined while it is not open. */
  space(space: number): Space | undefined
  /** Opens this sender's connections to a space. */
  open(space: number): Promise<void>
  /** Resolves when a space that is being created is open here; rejects with a refusal if it could not be opened. */
  whenOpen(space: number): Promise<Space>
  /** Where a search goes: model 0 follows the alias, else the space of the op. `engine` is null where that is not open. */
  searchRoute(model: number, space: number): { engine: Engine | null; space: number; model: number }
  /** Points the alias, and the searches, at space 1. */
  swap(): Promise<void>
  /** A write has been answered, or never will be. */
  writeSettled(op: number): void
  /** Calls back once, when the last write into space 1 that is due before the op `swap` is settled, on whichever sender; at once if there is none. */
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

/** Opens space 0 and, where the engine moves it, the alias, which the leading sender points at space 0. */
export const openRoutes = async (
  bench: Bench,
  ops: OpColumns,
  board: Board,
  leads: boolean,
): Promise<Routes> => {
  const spaces: (Space | undefined)[] = [await openSpace(bench, 0)]
  const opening = bench.meta.spaces.map(() => Promise.withResolvers<Space>())
  // Whoever waits is told; that nobody waits is no failure.
  for (const { promise } of opening) promise.catch(() => undefined)
  const following = followingOf(bench)
  const alias = following === 'alias' ? await openAlias(bench, spaces[0]!, leads) : null
  const swapOp = findSwap(ops)

  return {
    space: (space) => spaces[space],
    open: async (space) => {
      try {
        const opened = await openSpace(bench, space)
        spaces[space] = opened
        opening[space]!.resolve(opened)
      } catch (cause) {
        opening[space]!.reject(refusal(NOT_OPEN, { cause }))
        throw cause
      }
    },
    whenOpen: (space) => opening[space]!.promise,
    searchRoute: (model, space) => {
      if (model !== 0) return { engine: spaces[space]?.searcher ?? null, space, model }
      const { followed } = board
      const target = spaces[followed]
      const engine = alias ?? target?.searcher ?? null
      return { engine, space: followed, model: bench.meta.spaces[followed]!.model }
    },
    swap: async () => {
      if (following === 'alias') {
        await bench.adapter.swap!(bench.options, aliasOf(bench), spaces[1]!.collection.name)
      }
      board.follow(1)
    },
    writeSettled: (op) => {
      if (op < swapOp && ops.space[op] === 1) board.filled()
    },
    whenBackfilled: board.whenFilled,
    get swapped() {
      return board.followed === 1
    },
    close: async () => {
      const open = spaces.flatMap((space) => (space ? [space.writer, space.searcher] : []))
      await Promise.all([...open, ...(alias ? [alias] : [])].map((engine) => engine.close()))
    },
  }
}

const openAlias = async (bench: Bench, first: Space, leads: boolean): Promise<Engine> => {
  if (leads) await bench.adapter.swap!(bench.options, aliasOf(bench), first.collection.name)
  return bench.adapter.open(bench.options, collectionOf(bench, 'alias', first.model), bench.clock)
}
