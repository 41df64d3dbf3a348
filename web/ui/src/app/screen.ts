import type { App } from "./app.ts";

/** From this width on the page is taken for a wall, below that for a phone. */
const WALL = 3000;
const PHONE = 700;

/** Keeps what kind of screen this is, and whether there is a network. */
export function keepScreen(app: App): void {
  const asked = new URLSearchParams(window.location.search).get("wall");
  const look = () => {
    const { innerWidth: width } = window;
    // Nobody imports on a wall: who asks for that page sits at a very large screen.
    const { importing } = app.store.now;
    const wall = asked === null ? width >= WALL && importing === null : asked !== "0";
    app.store.set({ wall, phone: !wall && width < PHONE });
  };
  look();
  window.addEventListener("resize", look);
  app.store.listen(({ importing }, before) => {
    if ((importing === null) !== (before.importing === null)) look();
  });
  window.addEventListener("online", () => app.store.set({ online: true }));
  window.addEventListener("offline", () => app.store.set({ online: false }));
}
