/** Which devices want to hear of whose presence. A device's new list replaces its last one. */
export class WatchList {
  private readonly watchedBySocket = new Map<string, ReadonlySet<string>>();
  private readonly socketsByUser = new Map<string, Set<string>>();

  replace(socketId: string, userIds: Iterable<string>): void {
    this.remove(socketId);
    const watched = new Set(userIds);
    if (watched.size === 0) return;
    this.watchedBySocket.set(socketId, watched);
    for (const userId of watched) {
      const sockets = this.socketsByUser.get(userId) ?? new Set<string>();
      this.socketsByUser.set(userId, sockets.add(socketId));
    }
  }

  remove(socketId: string): void {
    for (const userId of this.watchedBySocket.get(socketId) ?? []) {
      const sockets = this.socketsByUser.get(userId);
      sockets?.delete(socketId);
      if (sockets?.size === 0) this.socketsByUser.delete(userId);
    }
    this.watchedBySocket.delete(socketId);
  }

  watchersOf(userId: string): string[] {
    return [...(this.socketsByUser.get(userId) ?? [])];
  }
}
