/** Keeps the `depth` smallest distances pushed into it, as a binary heap with the largest on top. */
export interface Nearest {
  push(item: number, distance: number): void
  /** Nothing at this distance or farther is kept any more; Infinity while there is room. */
  bound(): number
  /** What was kept, in no order. */
  items(): { readonly item: Uint32Array; readonly distance: Float64Array }
}

export const nearest = (depth: number): Nearest => {
  const item = new Uint32Array(depth)
  const distance = new Float64Array(depth)
  let size = 0

  const put = (place: number, what: number, d: number): void => {
    item[place] = what
    distance[place] = d
  }
  const rise = (what: number, d: number): void => {
    let place = size++
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (distance[parent]! >= d) break
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
      if (child + 1 < size && distance[child + 1]! > distance[child]!) child++
      if (distance[child]! <= d) break
      put(place, item[child]!, distance[child]!)
      place = child
    }
    put(place, what, d)
  }

  return {
    push: (what, d) => {
      if (size < depth) rise(what, d)
      else if (d < distance[0]!) sink(what, d)
    },
    bound: () => (size < depth ? Infinity : distance[0]!),
    items: () => ({ item: item.subarray(0, size), distance: distance.subarray(0, size) }),
  }
}
