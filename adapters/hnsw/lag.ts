import { createHistogram, type Histogram } from './histogram.ts'

/** Milliseconds between two looks. */
const EVERY = 20

/** How late a timer of this thread comes: what a request waits that arrives while the thread is busy. Ends with `close`. */
export const watchLag = (): { readonly state: Histogram['state']; close(): void } => {
  const lags = createHistogram()
  let due = performance.now() + EVERY
  const timer = setInterval(() => {
    const now = performance.now()
    lags.add(Math.max(0, now - due) / 1000)
    due = now + EVERY
  }, EVERY).unref()
  return {
    get state() {
      return lags.state
    },
    close: () => clearInterval(timer),
  }
}
