/** Which rows of a table a figure is about, ascending. */
export type Members = ArrayLike<number> & Iterable<number>

/** Those of 0 … count − 1 that pass: 4 bytes each. */
export const placesWhere = (count: number, passes: (place: number) => boolean): Uint32Array => {
  const places = new Uint32Array(count)
  let found = 0
  for (let place = 0; place < count; place++) if (passes(place)) places[found++] = place
  return places.slice(0, found)
}

/** Those of some that pass. */
export const membersWhere = (members: Members, passes: (s: number) => boolean): Uint32Array =>
  placesWhere(members.length, (i) => passes(members[i]!)).map((i) => members[i]!)

/**
 * Some rows by a number, in the order in which the numbers are met first; the rows of each keep their order. What `Map.groupBy` gives, in
 * 4 bytes a row.
 */
export const groupsOf = (
  members: Members,
  keyOf: (s: number) => number,
): ReadonlyMap<number, Uint32Array> => {
  const numbers = new Map<number, number>()
  const ends: number[] = []
  const number = new Uint32Array(members.length)
  for (let i = 0; i < members.length; i++) {
    const key = keyOf(members[i]!)
    const known = numbers.get(key) ?? ends.push(0) - 1
    if (known === numbers.size) numbers.set(key, known)
    number[i] = known
    ends[known]!++
  }
  for (let group = 1; group < ends.length; group++) ends[group]! += ends[group - 1]!
  const next = [0, ...ends]
  const all = new Uint32Array(members.length)
  for (let i = 0; i < members.length; i++) all[next[number[i]!]!++] = members[i]!
  return new Map([...numbers].map(([key, g]) => [key, all.subarray(ends[g - 1] ?? 0, ends[g])]))
}
