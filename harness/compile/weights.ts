/**
 * Whole weights at places 0 … n − 1, drawn from in O(log n): a binary indexed tree (Fenwick 1994). Sums stay
 * below 2^53, so exact.
 */
export interface Weights {
  readonly total: number
  add(place: number, weight: number): void
  /** Sum of the weights at places below `place`. */
  below(place: number): number
  /** The place whose share of [0, total) holds `target`. */
  find(target: number): number
}

export const weightsOf = (n: number): Weights => {
  const tree = new Float64Array(n + 1)
  let total = 0
  let top = 1
  while (top * 2 <= n) top *= 2
  return {
    get total() {
      return total
    },
    add: (place, weight) => {
      total += weight
      for (let i = place + 1; i <= n; i += i & -i) tree[i]! += weight
    },
    below: (place) => {
      let sum = 0
      for (let i = place; i > 0; i -= i & -i) sum += tree[i]!
      return sum
    },
    find: (target) => {
      let place = 0
      let left = target
      for (let step = top; step > 0; step >>= 1) {
        if (place + step <= n && tree[place + step]! <= left) {
          place += step
          left -= tree[place]!
        }
      }
      return place
    },
  }
}
