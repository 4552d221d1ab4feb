/** Milliseconds that long work may hold the thread before other requests get their turn. */
const SLICE = 2

/** What long work awaits between its steps: resolves at once until a slice of time is used up, then after the others' turn. */
export const takeTurns = (): (() => Promise<void> | void) => {
  let began = performance.now()
  return () => {
    if (performance.now() - began < SLICE) return
    return new Promise((resolve) => {
      setImmediate(() => {
        began = performance.now()
        resolve()
      })
    })
  }
}
