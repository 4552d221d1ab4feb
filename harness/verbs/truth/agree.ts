import type { Id } from '../../model/index.ts'
import type { Exact } from './exact.ts'

/** Where a list of neighbours departs from the truth: its first place. */
export interface Departure {
  readonly place: number
  readonly why: string
}

/** Float32 sums over a few thousand dimensions stay within this share of the distance or the scale. */
const ROUNDING = 1e-5

/**
 * Holds a list of neighbours against exact search, place by place: the row given there must be as near as the true one, but
 * for ties (definitions §3), and no row may come twice. Places beyond the rows there are count for nothing.
 *
 * @param given ids, nearest first; @param distance that of an id to the query, NaN where the id is not there
 * @param told the distances that came with the list, where they came; an inner product may stand with either sign
 */
export const departureOf = (
  exact: Exact,
  given: readonly Id[],
  distance: (id: Id) => number,
  told?: readonly number[],
): Departure | null => {
  const seen = new Set<Id>()
  for (let place = 0; place < Math.min(given.length, exact.id.length); place++) {
    const id = given[place]!
    const found = distance(id)
    const due = exact.distance[place]!
    const unit = Math.max(Math.abs(due), exact.scale)
    const away = (why: string): Departure => ({ place, why })
    if (Number.isNaN(found)) return away(`row ${id} is not there`)
    if (seen.has(id)) return away(`row ${id} comes twice`)
    seen.add(id)
    if (Math.abs(found - due) > 1e-6 * unit) {
      return away(`row ${id} at distance ${found}, exact is row ${exact.id[place]} at ${due}`)
    }
    const said = told?.[place]
    if (said === undefined) continue
    const off = Math.min(Math.abs(said - found), found < 0 ? Math.abs(said + found) : Infinity)
    if (!(off <= ROUNDING * unit))
      return away(`row ${id} is said to be at ${said}, and is at ${found}`)
  }
  return null
}
