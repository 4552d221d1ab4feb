/** Milliseconds that long work may hold the thread before other requests get their turn. */
const SLICE = 1
/** The same, where the others have just held it for longer. */
const LONGEST = 4
/** A turn of the event loop that took less had nothing to do for anybody. */
const IDLE = 0.1

const clock = (): number => performance.now()

/**
 * Does long work in slices. After each, requests get the thread for as long, if they need it; where a single one held it for longer, the next slice is
 * longer too: under load the work gets half of the thread, else all of it. `onSlice` is told how long each took, in seconds; `now` is a clock of
 * milliseconds.
 */
export const inFairSlices = async (
  work: Iterator<void>,
  onSlice: (seconds: number) => void = () => undefined,
  now = clock,
): Promise<void> => {
  for (let done = false, most = SLICE; !done; ) {
    const began = now()
    do done = work.next().done === true
    while (!done && now() - began < most)
    const took = now() - began
    onSlice(took / 1000)
    if (done) return
    const given = await others(SLICE, now)
    most = Math.min(LONGEST, SLICE + Math.max(0, given - SLICE))
  }
}

/** Resolves when nobody else had anything to do, or the others had the thread for `share` milliseconds: for how long they had it. */
export const others = async (share: number, now = clock): Promise<number> => {
  const began = now()
  for (let turn = began, ended = began; ; turn = ended) {
    await new Promise<void>((resolve) => setImmediate(resolve))
    ended = now()
    if (ended - turn < IDLE || ended - began >= share) return ended - began
  }
}
