import type { Slot } from './slots.ts'

/** A binary heap of slots, smallest key on top, on arrays that grow. A heap with the farthest on top takes negated distances as keys. */
export interface Heap {
  size: number
  keys: Float64Array
  slots: Int32Array
}

export const createHeap = (): Heap => ({
  size: 0,
  keys: new Float64Array(256),
  slots: new Int32Array(256),
})

export const push = (heap: Heap, key: number, slot: Slot): void => {
  if (heap.size === heap.keys.length) grow(heap)
  const { keys, slots } = heap
  let i = heap.size++
  while (i > 0) {
    const parent = (i - 1) >> 1
    if (keys[parent]! <= key) break
    keys[i] = keys[parent]!
    slots[i] = slots[parent]!
    i = parent
  }
  keys[i] = key
  slots[i] = slot
}

/** Takes the top away and returns its slot; the heap must not be empty. */
export const pop = (heap: Heap): Slot => {
  const top = heap.slots[0] as Slot
  const last = --heap.size
  sink(heap, heap.keys[last]!, heap.slots[last] as Slot)
  return top
}

/** Puts another entry in the place of the top. */
export const replaceTop = (heap: Heap, key: number, slot: Slot): void => sink(heap, key, slot)

const sink = (heap: Heap, key: number, slot: Slot): void => {
  const { keys, slots, size } = heap
  let i = 0
  for (let child = 1; child < size; child = 2 * i + 1) {
    if (child + 1 < size && keys[child + 1]! < keys[child]!) child++
    if (keys[child]! >= key) break
    keys[i] = keys[child]!
    slots[i] = slots[child]!
    i = child
  }
  keys[i] = key
  slots[i] = slot
}

const grow = (heap: Heap): void => {
  const keys = new Float64Array(2 * heap.keys.length)
  keys.set(heap.keys)
  const slots = new Int32Array(2 * heap.slots.length)
  slots.set(heap.slots)
  heap.keys = keys
  heap.slots = slots
}
