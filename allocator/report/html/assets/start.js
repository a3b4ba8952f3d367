// Draw everything, top to bottom.
get("patterns").append(...D.lacks.map(pattern));
drawHeader();
drawSummary();
drawn(drawProof);
drawn(drawTime);
drawn(drawBinds);
drawMap();
drawn(drawWaits);
drawProvinces();
drawOffices();
drawDispatch();
readyStory();
readyResize();
document.documentElement.dataset.ready = "yes";
