/** Loaded before a server: where it gets SIGUSR2, its thread that writes ends in the midst of whatever it does. */
import { syncBuiltinESMExports } from 'node:module'
import threads, { isMainThread, type WorkerOptions } from 'node:worker_threads'

if (isMainThread) {
  const { Worker } = threads
  threads.Worker = class extends Worker {
    constructor(entry: string | URL, options?: WorkerOptions) {
      super(entry, options)
      if (String(entry).includes('writer-thread'))
        process.once('SIGUSR2', () => void this.terminate())
    }
  }
  syncBuiltinESMExports()
}
