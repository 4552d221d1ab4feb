import type { Bracket, Figure, Interval } from '../harness/model/index.ts'

/** What stands where there is no number. */
export const UNKNOWN = '—'

/** Milliseconds to three significant digits; +∞ is beyond every time-out. */
export const ms = (figure: Figure | undefined): string => {
  if (figure === null || figure === undefined) return UNKNOWN
  if (figure === Infinity) return '> timeout'
  return `${significant(figure)} ms`
}

/** A share or recall, four places: the fourth is where drift begins to show. */
export const share = (figure: Figure | undefined): string =>
  figure === null || figure === undefined ? UNKNOWN : figure.toFixed(4)

/** A whole number with thin thousands. */
export const count = (figure: Figure | undefined): string =>
  figure === null || figure === undefined
    ? UNKNOWN
    : String(Math.round(figure)).replace(/\B(?=(\d{3})+$)/g, '\u202f')

/** Both ends of something that is only known to lie between them. */
export const between = (low: string, high: string): string =>
  low === high ? low : `${low} … ${high}`

export const bracket = (b: Bracket | null | undefined): string =>
  b ? between(share(b.low), share(b.high)) : UNKNOWN

/** A difference with its sign and its 95 % interval. */
export const interval = (i: Interval | null | undefined): string => {
  if (!i || i.value === null) return UNKNOWN
  const ends = i.low === null || i.high === null ? '' : ` [${signed(i.low)}, ${signed(i.high)}]`
  return `${signed(i.value)}${ends}`
}

const signed = (value: number): string => `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(4)}`

const significant = (value: number): string => {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(digits, 3))
}

/** The value of a check as it is, to six digits. */
export const plain = (figure: Figure | undefined): string =>
  figure === null || figure === undefined ? 'unknown' : String(Number(figure.toPrecision(6)))

/** What a limit found; findings hold times in milliseconds, so where the limit is a time so is it. */
export const checked = (limit: string, found: Figure | undefined): string => {
  const isTime = /\d(us|ms|s|m|h)$/.test(limit)
  if (!isTime || found === null || found === undefined) return plain(found)
  return found === Infinity ? ms(found) : `${plain(found)} ms`
}

/** Text for HTML: every string that did not come from this folder goes through here. */
export const html = (text: unknown): string =>
  String(text).replace(
    /[&<>"'`]/g,
    (c) =>
      ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' })[c]!,
  )

/** Text for a Markdown table's cell. */
export const cell = (text: unknown): string =>
  String(text)
    .replace(/[\\`*_{}[\]<>|#]/g, (c) => `\\${c}`)
    .replace(/\s+/g, ' ')
