/**
 * Where in a long log a scrollbar stands.
 *
 * Browsers make no element higher than some million pixels. A higher log gets an element that is as
 * high as they can, and pages of it slide: a small movement moves the log by as much, a large one
 * (somebody pulls the scrollbar) goes to the same part of it.
 */
const HIGHEST = 8_000_000;
const PAGES = 100;

export class ScrollMap {
  /** Pixels of the element that is scrolled. */
  readonly height: number;
  private readonly page: number;
  private readonly pages: number;
  private readonly slide: number;
  private offset = 0;
  private top = 0;

  constructor(
    /** Pixels of the whole log. */
    readonly total: number,
    /** Pixels that are seen at once. */
    readonly view: number,
  ) {
    this.height = Math.min(total, HIGHEST);
    this.page = total <= HIGHEST ? Math.max(1, total) : this.height / PAGES;
    this.pages = total <= HIGHEST ? 1 : Math.floor(total / this.page);
    this.slide = this.pages === 1 ? 0 : (total - this.height) / (this.pages - 1);
  }

  /** The farthest position there is. */
  get end(): number {
    return Math.max(0, this.total - this.view);
  }

  /** The pixel of the log that is at the top of the view. */
  get position(): number {
    return this.top + this.offset;
  }

  /** Go to a position; returns where the element has to be scrolled to. */
  moveTo(position: number): number {
    const wanted = Math.max(0, Math.min(position, this.end));
    this.offset = this.offsetOf(Math.floor(wanted / this.page));
    this.top = wanted - this.offset;
    return this.top;
  }

  /** The element was scrolled to `top`; returns where it has to be now, mostly there. */
  scrolledTo(top: number): number {
    const distance = Math.abs(top - this.top);
    const atEdge = top <= 0 || top >= this.height - this.view - 1;
    if (distance <= this.view && !atEdge) return this.moveTo(top + this.offset);
    const part = this.height <= this.view ? 0 : top / (this.height - this.view);
    if (distance <= this.view && this.pages === 1) return this.moveTo(top);
    this.offset = this.offsetOf(Math.floor((part * this.end) / this.page));
    this.top = Math.max(0, Math.min(top, this.height - this.view));
    return this.top;
  }

  private offsetOf(page: number): number {
    return Math.round(Math.min(this.pages - 1, Math.max(0, page)) * this.slide);
  }
}
