"""Sign-in by asynchronous consent (NDID): the citizen agrees in their bank's app while our phone waits.

A ConsentRequest row is what there is to do; `next_poll_at` says when. Nothing that arrives from outside moves its state
but the node's own answer to a question of ours (`errands`, `record`): a callback of the node makes us ask sooner.
"""
