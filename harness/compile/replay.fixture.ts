import assert from 'node:assert/strict'
import { DELETE, modelOf, revisionOf, SEARCH, type Trace, UPSERT } from '../model/index.ts'

/** What a replay of the writes has seen of one row in one space. */
interface Held {
  version: number
  at: number
}

/**
 * Plays the writes of a trace by the letter of interfaces §1: ids dense from 0 and never inserted twice, only live rows
 * updated or deleted and only once rested, every version of an id new, revisions one after the other. Fails at the
 * first op that breaks it.
 */
export const replay = ({ meta, ops }: Trace, rest: number) => {
  const spaces = meta.spaces.map(() => new Map<number, Held>())
  for (let id = 0; id < meta.preload; id++)
    spaces[0]!.set(id, { version: 0, at: Number.NEGATIVE_INFINITY })
  const seen = new Set<string>()
  const counts = { inserts: 0, updates: 0, deletes: 0 }
  let next = meta.preload
  for (let i = 0; i < ops.count; i++) {
    assert.ok(i === 0 || ops.at[i]! >= ops.at[i - 1]!, 'ordered by time')
    const kind = ops.kind[i]!
    if (kind !== UPSERT && kind !== DELETE) continue
    const space = ops.space[i]!
    for (let j = ops.rows[i]!; j < ops.rows[i + 1]!; j++) {
      const id = ops.ids[j]!
      const version = ops.versions[j]!
      const held = spaces[space]!.get(id)
      if (held) assert.ok(ops.at[i]! - held.at >= rest, `row ${id} has rested`)
      if (kind === DELETE) {
        assert.ok(held || space === 1, `row ${id} is live`)
        spaces[space]!.delete(id)
        counts.deletes++
        continue
      }
      assert.ok(!seen.has(`${space}/${id}/${version}`), 'a version is written once')
      seen.add(`${space}/${id}/${version}`)
      if (held) {
        const moved = modelOf(version, meta.revisions) - modelOf(held.version, meta.revisions)
        const revised =
          revisionOf(version, meta.revisions) - revisionOf(held.version, meta.revisions)
        assert.equal(moved + revised, 1, 'the next revision, or the next model')
        counts.updates++
      } else if (space === 0) {
        assert.equal(id, next++, 'ids are dense and never come again')
        counts.inserts++
      }
      spaces[space]!.set(id, { version, at: ops.at[i]! })
    }
  }
  return { counts, spaces }
}

/** The places of the ops of a kind. */
export const placesOf = ({ ops }: Trace, kind: number): number[] =>
  Array.from({ length: ops.count }, (_, i) => i).filter((i) => ops.kind[i] === kind)

/** The writes, foreground searches and controls of a trace as text, to be compared. */
export const workloadOf = (trace: Trace, kinds: readonly number[]): string => {
  const { ops } = trace
  return placesOf(trace, -1)
    .concat(...kinds.map((kind) => placesOf(trace, kind)))
    .map((i) =>
      [
        ops.at[i],
        ops.kind[i],
        ops.space[i],
        ops.query[i],
        ops.checkpoint[i],
        ops.ids.slice(ops.rows[i], ops.rows[i + 1]),
        ops.versions.slice(ops.rows[i], ops.rows[i + 1]),
      ].join(),
    )
    .join('\n')
}

export const WRITES = [UPSERT, DELETE]
export const SEARCHES = [SEARCH]
