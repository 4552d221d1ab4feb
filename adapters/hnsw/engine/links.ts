import { NOWHERE, type Slot, type Slots } from './slots.ts'

/** The links of a slot on layer lc are `array[start] … array[start + width − 1]`, up to the first NOWHERE. */
export const linkArray = (slots: Slots, at: Slot, lc: number): Int32Array =>
  lc === 0 ? slots.links0 : slots.upper[at]!
export const linkStart = (slots: Slots, at: Slot, lc: number): number =>
  lc === 0 ? at * slots.width0 : (lc - 1) * slots.width
export const linkWidth = (slots: Slots, lc: number): number =>
  lc === 0 ? slots.width0 : slots.width

/** The neighbours of a slot on layer lc, as a list of its own. Not for inner loops. */
export const neighborsOf = (slots: Slots, at: Slot, lc: number): Slot[] => {
  const links = linkArray(slots, at, lc)
  const start = linkStart(slots, at, lc)
  const list: Slot[] = []
  for (let i = 0; i < linkWidth(slots, lc) && links[start + i] !== NOWHERE; i++) {
    list.push(links[start + i] as Slot)
  }
  return list
}

/** Replaces the neighbours of a slot on layer lc by the first `count` of `list`. */
export const setNeighbors = (
  slots: Slots,
  at: Slot,
  lc: number,
  list: Int32Array,
  count: number,
): void => {
  const links = linkArray(slots, at, lc)
  const start = linkStart(slots, at, lc)
  for (let i = 0; i < count; i++) links[start + i] = list[i]!
  links.fill(NOWHERE, start + count, start + linkWidth(slots, lc))
}

/** Adds a neighbour if the list has room; false if it is full. */
export const addNeighbor = (slots: Slots, at: Slot, lc: number, neighbor: Slot): boolean => {
  const links = linkArray(slots, at, lc)
  const start = linkStart(slots, at, lc)
  const free = links.indexOf(NOWHERE, start)
  if (free === -1 || free >= start + linkWidth(slots, lc)) return false
  links[free] = neighbor
  return true
}
