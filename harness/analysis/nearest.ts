/** Keeps the `depth` smallest of the distances pushed into it, as a binary heap with the farthest on top. */
export interface Nearest {
  push(item: number, distance: number): void
  /** Nothing farther is kept any more; Infinity while there is room. */
  bound(): number
  /** What was kept, nearest first. */
  sorted(): { readonly item: Uint32Array; readonly distance: Float64Array }
}

/** `compare` orders items at equal distances, so that what is kept does not depend on the order in which it came. NaN is never kept. */
export const nearest = (depth: number, compare: (a: number, b: number) => number): Nearest => {
  const item = new Uint32Array(depth)
  const distance = new Float64Array(depth)
  let size = 0

  const isFarther = (place: number, what: number, d: number): boolean =>
    distance[place]! > d || (distance[place] === d && compare(item[place]!, what) > 0)
  const put = (place: number, what: number, d: number): void => {
    item[place] = what
    distance[place] = d
  }
  const rise = (what: number, d: number): void => {
    let place = size++
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (isFarther(parent, what, d)) break
      put(place, item[parent]!, distance[parent]!)
      place = parent
    }
    put(place, what, d)
  }
  const sink = (what: number, d: number): void => {
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= size) break
      if (child + 1 < size && isFarther(child + 1, item[child]!, distance[child]!)) child++
      if (!isFarther(child, what, d)) break
      put(place, item[child]!, distance[child]!)
      place = child
    }
    put(place, what, d)
  }

  return {
    push: (what, d) => {
      if (Number.isNaN(d)) return
      if (size < depth) rise(what, d)
      else if (size > 0 && isFarther(0, what, d)) sink(what, d)
    },
    bound: () => (size < depth ? Infinity : size === 0 ? -Infinity : distance[0]!),
    sorted: () => {
      const order = Uint32Array.from({ length: size }, (_, i) => i).sort(
        (a, b) => distance[a]! - distance[b]! || compare(item[a]!, item[b]!),
      )
      return {
        item: order.map((i) => item[i]!),
        distance: Float64Array.from(order, (i) => distance[i]!),
      }
    },
  }
}
