import { readdirSync, readFileSync } from 'node:fs'

/** CPU of the harness, the engine and the whole machine (cores in use: seconds of CPU a second) and resident memory (bytes) since the last call, by gauge name. */
export type ReadGauges = () => Record<string, number>

/** Clock ticks a second of /proc, and bytes a page: the same on every Linux that Node runs on, but for page sizes of some ARM kernels. */
const TICKS = 100
const PAGE = 4096

/** Reads the gauges of this process and of the event loop of the thread that asks, those of the machine where it has /proc, and of the engine's where its pid is given and the machine has /proc. */
export const createGauges = (enginePid: number | undefined): ReadGauges => {
  const look = () => ({
    at: performance.now(),
    own: process.cpuUsage(),
    engine: engineUsage(enginePid),
    machine: machineUsage(),
    loop: performance.eventLoopUtilization(),
  })
  let last = look()
  return () => {
    const now = look()
    const seconds = (now.at - last.at) / 1000
    const own = (now.own.user + now.own.system - last.own.user - last.own.system) / 1e6
    const gauges: Record<string, number> = {
      'harness.cpu': own / seconds,
      'harness.rss': process.memoryUsage.rss(),
      'harness.main.busy': performance.eventLoopUtilization(now.loop, last.loop).utilization,
    }
    if (enginePid !== undefined) gauges['engine.alive'] = isAlive(enginePid) ? 1 : 0
    if (now.engine && last.engine) {
      gauges['engine.cpu'] = (now.engine.cpu - last.engine.cpu) / seconds
      gauges['engine.rss'] = now.engine.rss
    }
    if (now.machine && last.machine) {
      gauges['machine.cpu'] = (now.machine.busy - last.machine.busy) / seconds
      gauges['machine.stolen'] = (now.machine.stolen - last.machine.stolen) / seconds
    }
    last = now
    return gauges
  }
}

/** Signal 0 reaches a process that is there, and does nothing to it (POSIX kill). */
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/**
 * CPU seconds and resident bytes of a process and of all below it (PostgreSQL has one a connection), those that ended counted in
 * the first one's; memory that they may share counts once, as much as the one that has most of it. Null where there is no such
 * thing to read (proc(5), `/proc/PID/stat` and `statm`).
 */
const engineUsage = (pid: number | undefined): { cpu: number; rss: number } | null => {
  if (pid === undefined || process.platform !== 'linux') return null
  const usages = treeOf(pid).flatMap((one) => usageOf(one) ?? [])
  const [first] = usages
  if (!first || first.pid !== pid) return null
  const ticks = usages.reduce((sum, { own }) => sum + own, first.ended)
  const alone = usages.reduce((sum, { resident, shared }) => sum + resident - shared, 0)
  const together = Math.max(...usages.map(({ shared }) => shared))
  return { cpu: ticks / TICKS, rss: (alone + together) * PAGE }
}

/** A process, and all below it; one that ends meanwhile has nobody below it. */
const treeOf = (pid: number): number[] => {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const children = threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '),
    )
    return [pid, ...children.filter(Boolean).map(Number).flatMap(treeOf)]
  } catch {
    return [pid]
  }
}

/** Ticks of a process, those of its children that ended, pages resident, and of these the ones that may be shared. */
const usageOf = (pid: number) => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
    return {
      pid,
      own: Number(fields[11]) + Number(fields[12]),
      ended: Number(fields[13]) + Number(fields[14]),
      resident: Number(resident),
      shared: Number(shared),
    }
  } catch {
    return null
  }
}

/** CPU seconds of all processors: spent on anything, and given by a host to another machine (proc(5), `/proc/stat`); null without /proc. */
const machineUsage = (): { busy: number; stolen: number } | null => {
  if (process.platform !== 'linux') return null
  try {
    const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!
    const [user, nice, system, , , irq, softirq, steal] = line.split(/\s+/).slice(1).map(Number)
    const busy = user! + nice! + system! + irq! + softirq!
    return { busy: busy / TICKS, stolen: (steal ?? 0) / TICKS }
  } catch {
    return null
  }
}
