// Runs once for each of the page's HTML components, with `element`, `trigger` and `watch` of Gradio in scope. Listeners sit
// on the component itself, because its content is replaced with every answer.
element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.dataset.n) {
    const { turn, n } = button.dataset;
    for (const other of document.querySelectorAll('.ws-n')) {
      other.setAttribute('aria-pressed', String(other.dataset.turn === turn && other.dataset.n === n));
    }
    trigger('cite', { turn: Number(turn), n: Number(n) });
  }
  if (button.dataset.question) trigger('pick', { question: button.dataset.question });
});
watch('value', () => {
  const conversation = element.querySelector('.ws-conversation');
  if (conversation) conversation.scrollTop = conversation.lastElementChild.offsetTop - conversation.offsetTop;
  const evidence = element.querySelector('.ws-evidence');
  const article = evidence && evidence.querySelector('.ws-article');
  const mark = article && article.querySelector('mark');
  if (!mark) return;
  const lead = article.clientHeight / 3;
  article.scrollTop += mark.getBoundingClientRect().top - article.getBoundingClientRect().top - lead;
  if (evidence.dataset.move === 'yes') {
    evidence.scrollIntoView({ block: 'nearest' });
    evidence.querySelector('.ws-title').focus({ preventScroll: true });
  }
});
