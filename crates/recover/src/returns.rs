//! When nodes stand and when they are whole, given when their own steps end.
//!
//! Invariant: the instants are the least that solve the two rules of return, so nodes that need each
//! other start together, and none waits for a spare provider.

use hospital::{Effect, Map, NodeId};

use crate::hours::NEVER;

/// The instant of a node that was never away.
pub(crate) const ALWAYS: i64 = i64::MIN;

/// A need, reduced to the providers that can be away: `k` of `on` must be back.
#[derive(Clone, Debug)]
struct Demand {
    owner: usize,
    on: Vec<usize>,
    k: usize,
    effect: Effect,
    /// In seconds.
    grace: i64,
    /// Whether a provider is behind a closed flow.
    closed: bool,
}

/// The nodes that the lost ones can take away, and who waits for whom among them.
#[derive(Clone, Debug)]
pub(crate) struct Web {
    /// The nodes, in the order of ids; all else is given by places in here.
    pub(crate) nodes: Vec<NodeId>,
    demands: Vec<Demand>,
    /// For each node, the demands that name it as a provider.
    named_by: Vec<Vec<usize>>,
    /// For each node, its own demands.
    own: Vec<Vec<usize>>,
}

/// Instants of return, by place in [`Web::nodes`]: [`ALWAYS`], a second, or [`NEVER`].
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Returns {
    pub(crate) stands: Vec<i64>,
    pub(crate) whole: Vec<i64>,
}

impl Web {
    /// The web around `lost` nodes. A provider behind a flow that the map has closed never counts.
    pub(crate) fn new(map: &Map, lost: &[NodeId]) -> Self {
        let away = away(map, lost);
        let mut place = vec![usize::MAX; map.nodes.len()];
        let nodes: Vec<NodeId> = map.all().map(|(id, _)| id).filter(|id| away[id.index()]).collect();
        for (at, id) in nodes.iter().enumerate() {
            place[id.index()] = at;
        }
        let mut web = Self {
            named_by: vec![Vec::new(); nodes.len()],
            own: vec![Vec::new(); nodes.len()],
            demands: Vec::new(),
            nodes,
        };
        for owner in 0..web.nodes.len() {
            for need in &map.node(web.nodes[owner]).needs {
                let closed = |id: &NodeId| {
                    need.via.iter().any(|(via, flow)| via == id && !map.flows[flow.index()].open)
                };
                let usable = need.on.iter().filter(|id| !closed(id));
                let grace = i64::try_from(need.grace).unwrap_or(NEVER);
                let (on, up): (Vec<NodeId>, Vec<NodeId>) = usable.partition(|id| away[id.index()]);
                let k = (need.at_least as usize).saturating_sub(up.len());
                if k > 0 {
                    let on = on.iter().map(|id| place[id.index()]).collect();
                    let closed = need.on.iter().any(closed);
                    web.add(Demand { owner, on, k, effect: need.effect, grace, closed });
                }
            }
        }
        web
    }

    fn add(&mut self, demand: Demand) {
        let at = self.demands.len();
        self.own[demand.owner].push(at);
        for &provider in &demand.on {
            self.named_by[provider].push(at);
        }
        self.demands.push(demand);
    }

    /// The place of a node.
    pub(crate) fn place(&self, node: NodeId) -> Option<usize> {
        self.nodes.binary_search(&node).ok()
    }

    /// The demands of a node: effect, providers, and how many of them it takes.
    pub(crate) fn demands(&self, node: usize) -> impl Iterator<Item = (Effect, &[usize], usize)> {
        self.own[node].iter().map(|&at| {
            let demand = &self.demands[at];
            (demand.effect, demand.on.as_slice(), demand.k)
        })
    }

    /// For each node, the second from which on, while its return is still to come, it is away in truth:
    /// the losses behind it have happened and all graces on the way have run out. `lost` tells how and
    /// since when nodes are lost; flows are closed at `now`. Nodes that need each other have no such
    /// second ([`NEVER`]).
    pub(crate) fn grown(
        &self,
        returns: &Returns,
        lost: impl Fn(NodeId) -> Option<(Effect, i64)>,
        now: i64,
    ) -> Vec<i64> {
        let losses: Vec<Option<(Effect, i64)>> = self.nodes.iter().map(|&node| lost(node)).collect();
        let settled = |node: usize| match losses[node] {
            Some((Effect::Stops, at)) => Some(at),
            _ => (returns.whole[node] == ALWAYS).then_some(ALWAYS),
        };
        let mut waits: Vec<usize> =
            self.own.iter().map(|own| own.iter().map(|&at| self.demands[at].on.len()).sum()).collect();
        let mut grown = vec![NEVER; self.nodes.len()];
        let mut open: Vec<usize> =
            (0..waits.len()).filter(|&node| settled(node).is_some() || waits[node] == 0).collect();
        while let Some(node) = open.pop() {
            let ripe = self.own[node].iter().map(|&at| {
                let demand = &self.demands[at];
                let behind = demand.on.iter().map(|&provider| grown[provider]);
                let latest = behind.chain(demand.closed.then_some(now)).max().unwrap_or(ALWAYS);
                latest.saturating_add(demand.grace)
            });
            let ripe = ripe.chain(losses[node].map(|loss| loss.1)).max();
            grown[node] = settled(node).or(ripe).unwrap_or(NEVER);
            for &at in &self.named_by[node] {
                let owner = self.demands[at].owner;
                waits[owner] -= 1;
                if waits[owner] == 0 && settled(owner).is_none() {
                    open.push(owner);
                }
            }
        }
        grown
    }

    /// The returns, given for each node when its own steps are done: before it stands, and before it is
    /// whole.
    pub(crate) fn returns(&self, stood: &[i64], wholly: &[i64]) -> Returns {
        let stands = self.least(stood);
        let mut own = wholly.to_vec();
        let mut scratch = Vec::new();
        for (node, instant) in own.iter_mut().enumerate() {
            *instant = stands[node].max(*instant);
            for &at in &self.own[node] {
                let demand = &self.demands[at];
                if demand.effect == Effect::Degrades {
                    scratch.clear();
                    scratch.extend(demand.on.iter().map(|&provider| stands[provider]));
                    *instant = kth(&mut scratch, demand.k).max(*instant);
                }
            }
        }
        Returns { whole: self.least(&own), stands }
    }

    /// The least instants not before `own` at which each `stops` demand has k providers: nodes are taken
    /// away from the last instant to the first, and each falls with the instant that it cannot do
    /// without.
    fn least(&self, own: &[i64]) -> Vec<i64> {
        let mut left: Vec<usize> = self.demands.iter().map(|demand| demand.on.len()).collect();
        let mut instant = vec![ALWAYS; own.len()];
        let mut fallen = vec![false; own.len()];
        let mut first: Vec<(i64, usize)> =
            own.iter().enumerate().filter(|(_, t)| **t > ALWAYS).map(|(node, &t)| (t, node)).collect();
        let starved = self.demands.iter().filter(|d| d.effect == Effect::Stops && d.on.len() < d.k);
        first.extend(starved.map(|demand| (NEVER, demand.owner)));
        first.sort_unstable_by(|a, b| b.cmp(a));
        let mut falling = Vec::new();
        for (time, node) in first {
            falling.push(node);
            while let Some(node) = falling.pop() {
                if std::mem::replace(&mut fallen[node], true) {
                    continue;
                }
                instant[node] = time;
                for &at in &self.named_by[node] {
                    left[at] -= 1;
                    let demand = &self.demands[at];
                    if demand.effect == Effect::Stops && left[at] < demand.k {
                        falling.push(demand.owner);
                    }
                }
            }
        }
        instant
    }
}

/// The k-th smallest; [`NEVER`] where there are fewer.
fn kth(instants: &mut [i64], k: usize) -> i64 {
    if k > instants.len() {
        return NEVER;
    }
    *instants.select_nth_unstable(k - 1).1
}

/// Which nodes can be away: the lost ones, those that a closed flow starves, and all who need them.
fn away(map: &Map, lost: &[NodeId]) -> Vec<bool> {
    let mut users: Vec<Vec<NodeId>> = vec![Vec::new(); map.nodes.len()];
    let mut reached = lost.to_vec();
    for (id, node) in map.all() {
        for need in &node.needs {
            need.on.iter().for_each(|provider| users[provider.index()].push(id));
            if need.via.iter().any(|(_, flow)| !map.flows[flow.index()].open) {
                reached.push(id);
            }
        }
    }
    let mut away = vec![false; map.nodes.len()];
    while let Some(node) = reached.pop() {
        if !std::mem::replace(&mut away[node.index()], true) {
            reached.extend(&users[node.index()]);
        }
    }
    away
}
