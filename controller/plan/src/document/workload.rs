//! A workload: the site, or one of the services beside it.

use std::collections::BTreeMap;

use super::decode::{Placed, choice, part};
use super::values::{
    Bytes, Cpu, DomainName, EngineName, EnvironmentName, ImageReference, Line, MountPath, Pids, Port,
    Seconds, SecretName, UrlPath, User, VolumeName, WorkloadName,
};

part! {
    /// A container of the member: its site, or a service beside it.
    Workload {
        /// The engine of the platform to run on; only `site` says it, the services follow. The first engine, if left out.
        engine: Option<Placed<EngineName>>,
        /// The image, pinned by tag or digest.
        image: Placed<ImageReference>,
        /// What to run instead of the image's own command.
        #[schemars(default)]
        command: Vec<Line>,
        /// The user to run as, in numbers; the image's own, if left out.
        user: Option<User>,
        /// Hosts whose visitors the ingress brings here; without hosts only the member's other workloads reach it.
        #[schemars(default)]
        hosts: Vec<Placed<DomainName>>,
        /// The port that it listens on; needed for hosts.
        port: Option<Placed<Port>>,
        /// Environment variables; never secrets.
        #[schemars(default)]
        environment: BTreeMap<EnvironmentName, Line>,
        /// Secrets, each mounted as a file.
        #[schemars(default)]
        secrets: Vec<SecretMount>,
        /// Volumes: data that outlives the container and the document.
        #[schemars(default)]
        volumes: Vec<VolumeMount>,
        /// Folders in memory that the program may write to; /tmp, if left out.
        tmpfs: Option<Vec<Placed<MountPath>>>,
        /// Lets the program write to the container's own root too; its changes are lost with the container.
        #[schemars(default)]
        writable_root = "writableRoot": bool,
        /// What it may use.
        resources: Option<Resources>,
        /// How to see that it works.
        health: Option<Health>,
        /// Workloads of this member that must be ready before this one starts.
        #[schemars(default)]
        needs: Vec<Placed<WorkloadName>>,
        /// How a new version takes over: `beside` starts it next to the old one, `replace` stops the old one first.
        /// `replace` if the workload has volumes, else `beside`.
        update: Option<Update>,
        /// What visitors may send.
        requests: Option<Requests>,
    }
}

part! {
    /// A secret of the member, mounted as a file that only this workload can read.
    SecretMount {
        /// The secret's name: a file in the member's folder of secrets on the controller.
        name: Placed<SecretName>,
        /// The file's name in /run/secrets; the secret's own, if left out.
        file: Option<Placed<SecretName>>,
    }
}

part! {
    /// A volume and where it is mounted.
    VolumeMount {
        /// The volume's name; workloads of one member that name the same volume share it.
        name: VolumeName,
        /// Where in the container.
        path: Placed<MountPath>,
    }
}

part! {
    /// What a workload may use.
    Resources {
        /// Cores; 0.5, if left out.
        cpu: Option<Cpu>,
        /// Memory; 256MiB, if left out.
        memory: Option<Placed<Bytes>>,
        /// Processes; 256, if left out.
        pids: Option<Pids>,
    }
}

part! {
    /// How to see that a workload works: a page that answers, or a command that succeeds inside the container.
    Health {
        /// A page that answers with 2xx or 3xx, asked from where the ingress stands.
        path: Option<Placed<UrlPath>>,
        /// A command and its arguments, run inside the container; exit code 0 is healthy.
        command: Option<Placed<Vec<Line>>>,
    }
}

part! {
    /// What visitors may send to the hosts of a workload.
    Requests {
        /// The largest body of a request; 16MiB, if left out.
        max_body = "maxBody": Option<Bytes>,
        /// How long the workload may take to answer; 60s, if left out.
        timeout: Option<Seconds>,
    }
}

choice! {
    /// How a new version takes over from the old.
    Update {
        /// The new one starts next to the old one, which goes once the visitors reach the new.
        Beside = "beside",
        /// The old one stops first: for programs that cannot run twice.
        Replace = "replace",
    }
}
