import type { Micros } from '../model/index.ts'

const NUMBER = '\\d+(?:\\.\\d+)?'
/** What a quantity may look like; the first group is the number, the second its unit. */
export const DURATION = new RegExp(`^(${NUMBER})(us|ms|s|m|h)$`)
export const RATE = new RegExp(`^(${NUMBER})/(s|m)$`)
export const SHARE = new RegExp(`^(${NUMBER})(%)$`)

const MICROS: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
}
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60 }

const parts = (pattern: RegExp, text: string): readonly [number, string] => {
  const [, number, unit] = pattern.exec(text) ?? []
  return [Number(number), unit ?? '']
}

/** `1ms`, `30s`, `5m`, `10us` -> whole microseconds. The text must match DURATION. */
export const duration = (text: string): Micros => {
  const [number, unit] = parts(DURATION, text)
  return Math.round(number * MICROS[unit]!)
}

/** `200/s`, `30/m` -> per second. The text must match RATE. */
export const rate = (text: string): number => {
  const [number, unit] = parts(RATE, text)
  return number / SECONDS[unit]!
}

/** Is this a rate above 0, as a scenario may say it? */
export const isRate = (text: string): boolean => RATE.test(text) && rate(text) > 0

/** `15%` -> 0.15. The text must match SHARE. */
export const share = (text: string): number => parts(SHARE, text)[0] / 100
