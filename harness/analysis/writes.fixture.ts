import fc from 'fast-check'
import { type OpLiteral, remove, upsert } from './run.fixture.ts'

/** Instants close together, so that writes and searches meet in every way. */
export const arbitraryInstant = fc.integer({ min: 0, max: 12 })

/** Writes of a few ids with any overlap and any outcome. */
export const arbitraryWrites = (
  ids: number,
  revisions: number,
): fc.Arbitrary<readonly OpLiteral[]> =>
  fc.array(
    fc
      .record({
        id: fc.nat(ids - 1),
        version: fc.integer({ min: -1, max: revisions - 1 }),
        sent: arbitraryInstant,
        took: arbitraryInstant,
        outcome: fc.constantFrom('ok', 'ok', 'ok', 'fail', 'unknown'),
      })
      .map(({ id, version, sent, took, outcome }): OpLiteral => {
        const event = { sent, done: sent + took, outcome } as const
        return version < 0 ? remove(sent, [id], event) : upsert(sent, [[id, version]], event)
      }),
    { maxLength: 8 },
  )
