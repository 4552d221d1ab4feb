import { type Arrivals, type Micros, type Rng, SECOND, stream } from '../model/index.ts'
import { growable } from './growable.ts'

/**
 * Due instants in [from, to), whole microseconds, ascending. `even`: every 1/rate from the start. `poisson`:
 * independent exponential gaps. Bursts: Poisson at `rate`, and over [every·i, every·i + for), i ≥ 1, counted from the
 * start, a second Poisson stream at the burst's own rate that adds to the first (interfaces §1, Time).
 *
 * @param rate requests a second
 * @param batch rows in one request: the burst's rate, too, is in rows
 */
export const instants = (
  arrivals: Arrivals,
  rate: number,
  batch: number,
  from: Micros,
  to: Micros,
  seed: number,
  name: string,
): Float64Array => {
  if (arrivals === 'even') return even(rate / batch, from, to)
  const base = growable(Float64Array)
  poisson(rate / batch, from, to, stream(seed, 'arrivals', name), base.push)
  if (arrivals === 'poisson') return base.values()
  const extra = growable(Float64Array)
  const rng = stream(seed, 'bursts', name)
  for (let start = from + arrivals.every; start < to; start += arrivals.every) {
    poisson(arrivals.rate / batch, start, Math.min(to, start + arrivals.for), rng, extra.push)
  }
  return merged(base.values(), extra.values())
}

const even = (rate: number, from: Micros, to: Micros): Float64Array => {
  const count = Math.ceil(((to - from) * rate) / SECOND - 1e-9)
  return Float64Array.from({ length: count }, (_, i) => from + Math.floor((i * SECOND) / rate))
}

const poisson = (
  rate: number,
  from: Micros,
  to: Micros,
  rng: Rng,
  push: (at: Micros) => void,
): void => {
  const gap = SECOND / rate
  for (let at = from + rng.exponential() * gap; at < to; at += rng.exponential() * gap) {
    push(Math.floor(at))
  }
}

const merged = (a: Float64Array, b: Float64Array): Float64Array => {
  const both = new Float64Array(a.length + b.length)
  for (let i = 0, j = 0; i + j < both.length; ) {
    both[i + j] = j === b.length || (i < a.length && a[i]! <= b[j]!) ? a[i++]! : b[j++]!
  }
  return both
}
