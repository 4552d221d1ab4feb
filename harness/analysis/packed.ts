/** A column of numbers of which few are different. */
export interface Packed {
  readonly length: number
  at(place: number): number
  set(place: number, value: number): void
}

/** Codes below this are the whole numbers themselves; those from there on are the first other values that were met … */
const WHOLE = 128
/** … and this one says that the value stands on a page of its own. */
const APART = 255
const PAGE = 4_096

/**
 * A byte a number; a value that finds no code costs eight bytes for it and its neighbours on the page. The same numbers come back, to the bit
 * (0 for −0).
 */
export const packed = (length: number, fill = 0): Packed => {
  const codes = new Uint8Array(length)
  const values: number[] = []
  const codeOf = new Map<number, number>()
  const pages = new Map<number, Float64Array>()

  const encode = (value: number): number => {
    if (value >= 0 && value < WHOLE && Number.isInteger(value)) return value
    const known = codeOf.get(value)
    if (known !== undefined) return known
    if (WHOLE + values.length === APART) return APART
    const code = WHOLE + values.push(value) - 1
    codeOf.set(value, code)
    return code
  }
  const pageOf = (place: number): Float64Array => {
    const number = Math.floor(place / PAGE)
    const page = pages.get(number) ?? new Float64Array(PAGE)
    pages.set(number, page)
    return page
  }
  codes.fill(encode(fill))
  return {
    length,
    at: (place) => {
      const code = codes[place]!
      if (code < WHOLE) return code
      return code < APART ? values[code - WHOLE]! : pageOf(place)[place % PAGE]!
    },
    set: (place, value) => {
      const code = encode(value)
      codes[place] = code
      if (code === APART) pageOf(place)[place % PAGE] = value
    },
  }
}
