import { parentPort, workerData } from 'node:worker_threads'
import { checkpoint } from './checkpoint.ts'

/** A thread that takes one checkpoint: the one that serves requests is not held up. */
const { dir, number } = workerData as { dir: string; number: number }
parentPort!.postMessage(await checkpoint(dir, number))
