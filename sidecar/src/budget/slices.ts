/** How large a slice is asked for before calls need it. Pure. */

/** The ledger grants unasked-for money only while far more is left; less than this part is not worth asking for. */
const SHARE = 16;
/** A slice is for this many calls at least. */
const CALLS = 4;

/**
 * What to ask for beyond what calls need: twice what was taken since the last time, so that a busy proxy asks ever more rarely; nothing
 * when little is left, so that no proxy sits on what another could use.
 */
export function wantedSlice(of: { leftNano: number; takenNano: number; largestNano: number }): number {
  const most = Math.floor(of.leftNano / SHARE);
  const wanted = Math.min(Math.max(CALLS * of.largestNano, 2 * of.takenNano), most);
  return wanted < 2 * of.largestNano ? 0 : wanted;
}
