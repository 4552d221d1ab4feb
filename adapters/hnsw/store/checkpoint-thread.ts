import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { checkpoint } from './checkpoint.ts'

/** Requests go before. */
const NICE = 10

/** A thread that takes one checkpoint: the one that serves requests is not held up. */
// Of this thread alone on Linux; elsewhere it would be of the process.
if (process.platform === 'linux') setPriority(0, NICE)
const { dir, number } = workerData as { dir: string; number: number }
parentPort!.postMessage(await checkpoint(dir, number))
