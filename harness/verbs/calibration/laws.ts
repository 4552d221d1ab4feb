/**
 * Closed forms of what a known engine does to an open loop. Times in the unit they are given; p in [0, 1).
 */

/** A time in which nothing is answered, and the part of it that lies in the run. */
export interface Stall {
  readonly from: number
  readonly to: number
  /** When it ends: `to`, or later where the run's last arrivals fall into it. */
  readonly until: number
}

/**
 * Quantile of the response time where arrivals are uniform over `length` and fall into stalls: one at x waits until − x, the others
 * wait for nothing. Of all arrivals, Σ (min(to, until − w) − from)⁺ / length wait longer than w; the quantile is where that is
 * 1 − p, found by halving.
 */
export const stallQuantile = (p: number, length: number, stalls: readonly Stall[]): number => {
  const longer = (wait: number): number =>
    stalls.reduce(
      (sum, { from, to, until }) => sum + Math.max(0, Math.min(to, until - wait) - from),
      0,
    ) / length
  if (longer(0) <= 1 - p) return 0
  let low = 0
  let high = Math.max(...stalls.map(({ from, until }) => until - from))
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (longer(middle) > 1 - p) low = middle
    else high = middle
  }
  return high
}

/**
 * Quantile of the wait in a deterministic queue above its capacity: of arrivals at rate λ, served at μ < λ, the one due at t waits
 * t·(λ/μ − 1): uniform on [0, seconds·(λ/μ − 1)] (fluid limit of D/D/1, Kleinrock, Queueing Systems II, 1976, ch. 2).
 */
export const overloadQuantile = (
  p: number,
  { offered, capacity, seconds }: { offered: number; capacity: number; seconds: number },
): number => p * seconds * (offered / capacity - 1)

/** Neighbours left out with probability p each, the nearest spared, the next taking their places: mean recall at k. */
export const recallMissing = (p: number, k: number): number => 1 - recallLoss(p, k)
export const recallLoss = (p: number, k: number): number => (p * (k - 1)) / k

/** Four standard errors of that mean over n searches. */
export const recallError = (p: number, k: number, n: number): number =>
  4 * Math.sqrt((p * (1 - p) * (k - 1)) / (k * k) / n)
