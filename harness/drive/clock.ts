import type { Clock, Micros } from '../model/index.ts'

/** The machine's monotonic clock in microseconds: the same in every thread and process of it (CLOCK_MONOTONIC, by process.hrtime). */
export const monotonic = (): number => BASE + performance.now() * 1000

/** performance.now() is the same clock, read without an allocation, from another origin. */
const BASE = (() => {
  let best = { width: Number.POSITIVE_INFINITY, base: 0 }
  for (let i = 0; i < 20; i++) {
    const before = performance.now()
    const there = Number(process.hrtime.bigint()) / 1000
    const after = performance.now()
    const width = after - before
    if (width < best.width) best = { width, base: there - ((before + after) / 2) * 1000 }
  }
  return best.base
})()

/** A clock whose zero is `origin`, an instant of `monotonic`. */
export const clockFrom = (origin: number): Clock => ({ now: (): Micros => monotonic() - origin })
