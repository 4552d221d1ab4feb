/** Milliseconds that long work may hold the thread before other requests get their turn. */
const SLICE = 1
/** A turn of the event loop that took less had nothing to do for anybody. */
const IDLE = 0.1

const clock = (): number => performance.now()

/**
 * Does long work in slices. After each, requests get the thread, for as long as the slice took if they need it so long: under
 * load the work gets half of the thread, else all of it. `onSlice` is told how long each took, in seconds; `now` is a clock of
 * milliseconds.
 */
export const inFairSlices = async (
  work: Iterator<void>,
  onSlice: (seconds: number) => void = () => undefined,
  now = clock,
): Promise<void> => {
  for (let done = false; !done; ) {
    const began = now()
    do done = work.next().done === true
    while (!done && now() - began < SLICE)
    const took = now() - began
    onSlice(took / 1000)
    if (!done) await others(took, now)
  }
}

/** Resolves when nobody else had anything to do, or the others had the thread for `share` milliseconds. */
export const others = async (share: number, now = clock): Promise<void> => {
  const began = now()
  for (let turn = began, ended = began; ; turn = ended) {
    await new Promise<void>((resolve) => setImmediate(resolve))
    ended = now()
    if (ended - turn < IDLE || ended - began >= share) return
  }
}
