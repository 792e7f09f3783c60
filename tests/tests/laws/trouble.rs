//! What happens to a world behind our back.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use campanile_plan::docker::{
    ContainerState, Limits, ObservedContainer, ObservedNetwork, ObservedVolume, label,
};
use campanile_tests::world::{World, answer, remove_network};
use proptest::prelude::*;

use super::{ENGINES, NAMES};

/// Something that happens to a world behind our back.
#[derive(Debug, Clone)]
pub enum Trouble {
    ContainerRemoved(prop::sample::Index),
    ContainerStopped(prop::sample::Index),
    IngressFileChanged(prop::sample::Index),
    VolumeMade(prop::sample::Index),
    NetworkMade(prop::sample::Index),
    ContainerMade(prop::sample::Index),
    NetworkRemoved(prop::sample::Index),
    Disconnected(prop::sample::Index),
    ConnectedElsewhere(prop::sample::Index),
    LimitsChanged(prop::sample::Index),
}

pub fn trouble() -> impl Strategy<Value = Trouble> {
    use Trouble as T;
    prop_oneof![
        any::<prop::sample::Index>().prop_map(T::ContainerRemoved),
        any::<prop::sample::Index>().prop_map(T::ContainerStopped),
        any::<prop::sample::Index>().prop_map(T::IngressFileChanged),
        any::<prop::sample::Index>().prop_map(T::VolumeMade),
        any::<prop::sample::Index>().prop_map(T::NetworkMade),
        any::<prop::sample::Index>().prop_map(T::ContainerMade),
        any::<prop::sample::Index>().prop_map(T::NetworkRemoved),
        any::<prop::sample::Index>().prop_map(T::Disconnected),
        any::<prop::sample::Index>().prop_map(T::ConnectedElsewhere),
        any::<prop::sample::Index>().prop_map(T::LimitsChanged),
    ]
}

/// Labels of somebody who is not us: another platform, or nothing.
fn foreign(index: prop::sample::Index) -> BTreeMap<String, String> {
    if index.index(2) == 0 { [].into() } else { [(label::PLATFORM.to_owned(), "como".to_owned())].into() }
}

impl Trouble {
    /// The engine that it strikes.
    fn engine(&self) -> &'static str {
        let (Trouble::ContainerRemoved(index)
        | Trouble::ContainerStopped(index)
        | Trouble::IngressFileChanged(index)
        | Trouble::VolumeMade(index)
        | Trouble::NetworkMade(index)
        | Trouble::ContainerMade(index)
        | Trouble::NetworkRemoved(index)
        | Trouble::Disconnected(index)
        | Trouble::ConnectedElsewhere(index)
        | Trouble::LimitsChanged(index)) = self;
        ENGINES[index.index(ENGINES.len())]
    }

    pub fn strike(&self, world: &mut World) {
        let engine = world.engine(self.engine());
        let names: Vec<String> = engine.containers.keys().cloned().collect();
        match self {
            Trouble::ContainerRemoved(index) if !names.is_empty() => {
                let name = index.get(&names);
                if name.starts_with("lecco.ingress.") {
                    engine.ingress = None;
                }
                engine.containers.remove(name);
            }
            Trouble::ContainerStopped(index) if !names.is_empty() => {
                if let Some(container) = engine.containers.get_mut(index.get(&names)) {
                    container.state = ContainerState::Exited;
                    container.answer = None;
                }
            }
            Trouble::IngressFileChanged(index) => {
                let files = engine.ingress.iter_mut().flat_map(|ingress| ingress.files.values_mut());
                let mut files: Vec<&mut String> = files.collect();
                if !files.is_empty() {
                    let chosen = index.index(files.len());
                    "changed by hand".clone_into(files[chosen]);
                }
            }
            Trouble::VolumeMade(index) => {
                let name = format!("lecco.{}.content", index.get(&NAMES));
                engine.volumes.entry(name).or_insert(ObservedVolume { labels: foreign(*index) });
            }
            Trouble::NetworkMade(index) => {
                let name = format!("lecco.{}", index.get(&NAMES));
                let subnets = vec!["10.0.0.0/24".parse().unwrap()];
                engine.networks.entry(name).or_insert(ObservedNetwork { labels: foreign(*index), subnets });
            }
            Trouble::ContainerMade(index) => {
                let stranger = ObservedContainer {
                    labels: foreign(*index),
                    state: ContainerState::Exited,
                    health: None,
                    status: "Exited (1) 3 days ago".to_owned(),
                    created: None,
                    addresses: [].into(),
                    limits: None,
                    answer: None,
                };
                engine.containers.entry(format!("stranger.{}", index.get(&NAMES))).or_insert(stranger);
            }
            Trouble::NetworkRemoved(index) => {
                let ours = |network: &ObservedNetwork| network.labels.contains_key(label::MEMBER);
                let names: Vec<String> =
                    engine.networks.iter().filter(|(_, it)| ours(it)).map(|(name, _)| name.clone()).collect();
                if !names.is_empty() {
                    let name: &String = index.get(&names);
                    remove_network(engine, name);
                }
            }
            Trouble::Disconnected(index) if !names.is_empty() => {
                let container = engine.containers.get_mut(index.get(&names)).unwrap();
                container.addresses.clear();
                answer(container);
            }
            Trouble::ConnectedElsewhere(index) if !names.is_empty() => {
                let container = engine.containers.get_mut(index.get(&names)).unwrap();
                for address in container.addresses.values_mut() {
                    *address = Ipv4Addr::from(u32::from(*address) + 7);
                }
                answer(container);
            }
            Trouble::LimitsChanged(index) if !names.is_empty() => {
                let container = engine.containers.get_mut(index.get(&names)).unwrap();
                container.limits = Some(Limits { memory_bytes: 1 << 30, cpu_nano: 0, pids: 7 });
            }
            Trouble::ContainerRemoved(_)
            | Trouble::ContainerStopped(_)
            | Trouble::Disconnected(_)
            | Trouble::ConnectedElsewhere(_)
            | Trouble::LimitsChanged(_) => {}
        }
    }
}
