type Numbers = Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array
type Make<T extends Numbers> = { new (length: number): T }

/** A typed array that grows by doubling. */
export interface Growable<T extends Numbers> {
  readonly length: number
  push(value: number): void
  at(index: number): number
  /** What was pushed so far: a view, valid until the next push. */
  values(): T
}

export const growable = <T extends Numbers>(make: Make<T>): Growable<T> => {
  let array = new make(1024)
  let length = 0
  return {
    get length() {
      return length
    },
    push: (value) => {
      if (length === array.length) {
        const larger = new make(length * 2)
        larger.set(array)
        array = larger
      }
      array[length++] = value
    },
    at: (index) => array[index]!,
    values: () => array.subarray(0, length) as T,
  }
}
