/**
 * Work that serves all who ask for it before it begins: where a run is under way, which may miss what came meanwhile, whoever asks shares
 * the next one. Two never run at once.
 */
export const shared = (work: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  const run = (): Promise<void> => {
    next = null
    running = work().finally(() => {
      if (next === null) running = null
    })
    return running
  }
  return () => {
    if (running === null) return run()
    next ??= running.then(run, run)
    return next
  }
}
