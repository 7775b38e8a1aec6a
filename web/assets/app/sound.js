// <sound-player>: the player of a page comes only where there is something to hear.
customElements.define("sound-player", class extends HTMLElement {
  async connectedCallback() {
    if (this.player) return;
    this.player = "loading";
    const { attach } = await import(this.dataset.script);
    if (this.isConnected) this.player = attach(this);
  }

  disconnectedCallback() {
    this.player?.destroy?.();
    this.player = undefined;
  }
});
