import { type Line, lineOf } from '../line.ts'

/** A number of things: as the instrument found it, as the sim says it is, and of how many. */
export interface Counted {
  readonly measured: number | null | undefined
  readonly truth: number
  readonly of: number
}

/** A count must be exactly the sim's own, and there must be something to count. */
export const countLine = (what: string, { measured, truth, of }: Counted): Line =>
  lineOf({
    what: `${what}, of ${of}`,
    claimed: String(truth),
    measured: measured === null || measured === undefined ? 'not measured' : String(measured),
    allowed: 'equal',
    n: truth,
    holds: measured === truth,
  })

/** A count that requests in flight leave open by a few: it lies between what is sure and what is possible. */
export const rangeLine = (
  what: string,
  measured: number | null,
  { sure, possible }: { readonly sure: number; readonly possible: number },
): Line =>
  lineOf({
    what,
    claimed: sure === possible ? String(sure) : `${sure} … ${possible}`,
    measured: measured === null ? 'not measured' : String(measured),
    allowed: sure === possible ? 'equal' : 'inside: a request under way counts either way',
    n: sure,
    holds: measured !== null && measured >= sure && measured <= possible,
  })
