import { link, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const LOCK = /^lock\.(\d+)$/

/**
 * Makes this process the only one on the folder, or throws, naming the one that is. The file `lock.N` of the highest N says who:
 * its process, and when that began. A dead one's is not removed but outnumbered, by a link, which only one process can make: two
 * that find the same dead one cannot both take its place. Returns how to give the folder up.
 */
export const lockFolder = async (dir: string): Promise<() => Promise<void>> => {
  const own = join(dir, `lock.${process.pid}.tmp`)
  await writeFile(own, await identityOf(process.pid))
  try {
    for (;;) {
      const highest = (await locksIn(dir)).at(-1) ?? 0
      if (highest > 0) await checkDead(dir, highest)
      if (!(await claim(own, join(dir, `lock.${highest + 1}`)))) continue
      const locks = await locksIn(dir)
      if (locks.at(-1) === highest + 1) {
        for (const old of locks.slice(0, -1)) await rm(join(dir, `lock.${old}`), { force: true })
        return () => truncate(join(dir, `lock.${highest + 1}`), 0)
      }
      // Another one came and went meanwhile, and its lock is the higher.
      await rm(join(dir, `lock.${highest + 1}`), { force: true })
    }
  } finally {
    await rm(own, { force: true })
  }
}

const locksIn = async (dir: string): Promise<number[]> =>
  (await readdir(dir))
    .flatMap((name) => LOCK.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)

const claim = async (own: string, lock: string): Promise<boolean> => {
  try {
    await link(own, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const checkDead = async (dir: string, lock: number): Promise<void> => {
  const holder = await readIfThere(join(dir, `lock.${lock}`))
  const pid = Number(holder.split(' ')[0])
  if (pid > 0 && (await identityOf(pid)) === holder) {
    throw new Error(`the data folder ${dir} is in use by process ${pid}: stop it, or take another`)
  }
}

/** The process and, where the system tells, the instant of its start: a pid is given again. Empty for one that is dead. */
const identityOf = async (pid: number): Promise<string> => {
  if (!isAlive(pid)) return ''
  const stat = await readIfThere(`/proc/${pid}/stat`)
  // The name of the program, in parentheses, may hold spaces; behind it the state is the first field and the start the 20th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? '' : `${pid} ${fields[19] ?? ''}`.trim()
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const readIfThere = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}
