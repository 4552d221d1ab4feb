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

/** What a start does, one after the other: it reads the files (bytes), and builds the indexes anew (rows). */
export type StartStep = 'reading' | 'building'

/** To be awaited between the steps of a start: tells how far it is, and gives others their turn. May throw, and the start ends. */
export type Advance = (step: StartStep, done: number, of: number) => Promise<void> | void
