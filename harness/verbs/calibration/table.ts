import type { Judged } from './battery.ts'
import type { Line } from './line.ts'

/** The word that a line's outcome is printed as. */
export const outcomeOf = ({ holds }: Line): 'holds' | 'OUTSIDE' | 'UNSURE' =>
  holds === null ? 'UNSURE' : holds ? 'holds' : 'OUTSIDE'

/** A case as lines of text: claimed, measured, allowed, outcome. */
export const table = ({ name, about, lines }: Judged): string =>
  [
    `${name}: ${about}`,
    ...lines.map(
      (line) =>
        `  ${outcomeOf(line).padEnd(7)}  ${line.what}: claimed ${line.claimed}, measured ${line.measured}, allowed ${line.allowed}${line.why ? ` (${line.why})` : ''}`,
    ),
  ].join('\n')

/** How many claims there were, and how they came out. */
export interface Tally {
  readonly lines: number
  readonly outside: number
  readonly unsure: number
}

export const tallyOf = (judged: readonly Judged[]): Tally => {
  const lines = judged.flatMap((one) => one.lines)
  const count = (holds: boolean | null) => lines.filter((line) => line.holds === holds).length
  return { lines: lines.length, outside: count(false), unsure: count(null) }
}

/** The tally in one sentence: for a person, and for the reports of the runs to come. */
export const summary = ({ lines, outside, unsure }: Tally): string =>
  [
    `${lines - outside - unsure} of ${lines} claims hold`,
    ...(outside > 0 ? [`${outside} OUTSIDE`] : []),
    ...(unsure > 0 ? [`${unsure} unsure: the machine was too slow, or nothing happened`] : []),
  ].join(', ')
